package org.pgrewind4j.core.random;

import org.pgrewind4j.testserver.StopMode;

/** One step of the story before the rewind. Servers have names from A on; A is the first primary. */
sealed interface Step {

    /** A primary does something. */
    record Do(String node, Act act, int step, int any, int rows) implements Step {
        @Override
        public String toString() {
            return node + ": " + act + " (step " + step + ", any " + any + ", rows " + rows + ")";
        }
    }

    /** A primary or a standby is read, by index or not. */
    record Read(String node, boolean byIndexes, int any) implements Step {
        @Override
        public String toString() {
            return node + ": reads " + (byIndexes ? "by indexes (any " + any + ")" : "tables");
        }
    }

    /** A checkpoint, on a standby a restartpoint. */
    record Checkpoint(String node) implements Step {
        @Override
        public String toString() {
            return node + ": checkpoint";
        }
    }

    /** A transaction begins and stays open. */
    record Begin(String node, int step, int any) implements Step {
        @Override
        public String toString() {
            return node + ": begins a transaction that stays open (step " + step + ", any " + any + ")";
        }
    }

    /** The transactions that stayed open end, if the server lived that long. */
    record End(String node, boolean commit) implements Step {
        @Override
        public String toString() {
            return node + ": " + (commit ? "commits" : "rolls back") + " what stayed open";
        }
    }

    /** A standby waits for what its primary has written so far. */
    record CatchUp(String node, String primary) implements Step {
        @Override
        public String toString() {
            return node + ": catches up with " + primary;
        }
    }

    /** A standby becomes a primary. */
    record Promote(String node) implements Step {
        @Override
        public String toString() {
            return node + ": promoted";
        }
    }

    /** A server is stopped. */
    record Stop(String node, StopMode mode) implements Step {
        @Override
        public String toString() {
            return node + ": stopped, " + mode;
        }
    }

    /** A server is killed. */
    record Kill(String node, boolean underLoad) implements Step {
        @Override
        public String toString() {
            return node + ": killed" + (underLoad ? " under load" : "");
        }
    }

    /** A stopped server is started as what it was. */
    record Start(String node) implements Step {
        @Override
        public String toString() {
            return node + ": started";
        }
    }

    /** A stopped server is started as a standby of another. */
    record Follow(String node, String primary) implements Step {
        @Override
        public String toString() {
            return node + ": started to follow " + primary;
        }
    }

    /** A stopped standby is started without anything to follow. */
    record StartAlone(String node) implements Step {
        @Override
        public String toString() {
            return node + ": started, following nobody";
        }
    }

    /** A primary keeps no WAL that it does not need itself, and removes what it has of it. */
    record Forget(String node) implements Step {
        @Override
        public String toString() {
            return node + ": removes old WAL";
        }
    }
}
