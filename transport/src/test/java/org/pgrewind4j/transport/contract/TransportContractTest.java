package org.pgrewind4j.transport.contract;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Holds an implementation of {@link org.pgrewind4j.transport.Transport} to its contract, one test for each clause.
 *
 * <pre>{@code
 * class MyTransportContractTest extends TransportContractTest {
 *     public Path dataDirectory() { return ...; }                       // the source's files, on this machine
 *     public Transport open() { return new MyTransport(...); }
 *     public SourceMode mode() { return SourceMode.STOPPED; }
 *     public boolean seesLinks() { return true; }
 *     public Tablespace tablespace() { ... }
 * }
 * }</pre>
 */
public abstract class TransportContractTest
        implements ListingContract, ReadContract, FetchContract, ComparisonContract, WalContract, LifeContract {

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
