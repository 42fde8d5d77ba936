package org.pgrewind4j.examples;

import java.io.IOException;
import java.nio.file.Path;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** The smallest program that rewinds: the README shows it. Its arguments are the old and the new primary's directory. */
final class SmallestRewind {

    private SmallestRewind() {}

    /** Rewinds; whatever fails ends it with an exception that says in what state the target is. */
    public static void main(String[] args) throws IOException {
        Path oldPrimary = Path.of(args[0]);
        Path newPrimary = Path.of(args[1]);
        // @start region="readme"
        try (Transport source = LocalDirectoryTransport.open(newPrimary)) {
            RewindPlan plan = Rewind.of(oldPrimary).from(source).plan(); // only reads
            plan.problems().forEach(System.err::println); // all that forbids it, each with its cure
            System.out.println(plan.verdict() + ": " + plan.bytes().total() + " bytes to copy");
            if (plan.verdict() != Verdict.REFUSED) {
                RewindReport report = plan.execute(); // nothing is lost, whenever it is killed
                System.out.println("start it as a standby: " + report);
            }
        }
        // @end
    }
}
