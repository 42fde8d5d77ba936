package org.pgrewind4j.transport.contract;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Holds an implementation of {@link org.pgrewind4j.transport.Transport} to its contract. Tests assert types and
 * fields; of a message only that it names what the contract says it names. Not held to: that a source which sends more than
 * it was asked for is an error, since only the implementation knows how its source could.
 *
 * <pre>{@code
 * class MyTransportContractTest extends TransportContractTest {
 *     public Path dataDirectory() { return ...; }                       // the source's files, on this machine
 *     public Transport open() { return new MyTransport(...); }
 *     public SourceMode mode() { return SourceMode.STOPPED; }
 *     public boolean seesLinks() { return true; }
 *     public Tablespace tablespace() { ... }
 *     public Optional<Network> network() { return Optional.empty(); }   // the source is on this machine
 * }
 * }</pre>
 */
public abstract class TransportContractTest
        implements ListingContract,
                ReadContract,
                FetchContract,
                ComparisonContract,
                WalContract,
                StateContract,
                LifeContract,
                NetworkContract,
                MemoryContract {

    /** For subclasses. */
    public TransportContractTest() {}

    /**
     * Removes what an earlier test left.
     *
     * @throws IOException if that fails
     */
    @BeforeEach
    @AfterEach
    protected void removeFiles() throws IOException {
        ContractFolder.delete(place(SANDBOX));
    }
}
