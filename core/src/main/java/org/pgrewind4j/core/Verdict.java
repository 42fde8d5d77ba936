package org.pgrewind4j.core;

/** What a plan found. */
public enum Verdict {
    /** Both clusters are on the same timeline with the same history: there is nothing to rewind. */
    NOT_NEEDED,
    /** The target's WAL ends at or before the divergence: started as a standby, it simply follows the source. */
    CAN_FOLLOW,
    /** The target has been rewound to this source and was not started since: start it as a standby. */
    ALREADY_REWOUND,
    /** The target diverged and can be rewound. */
    REWIND,
    /**
     * What the target's WAL would have to say cannot be told, or is not asked: contents are compared, as
     * {@link Rewind#compare} permits. What differs shows when the plan is executed.
     */
    COMPARE,
    /** An earlier execution was interrupted after its seal; executing finishes it, without the source. */
    RESUME,
    /** Something forbids the rewind: see {@link RewindPlan#problems()}. */
    REFUSED;

    /**
     * Whether it says that the target has nothing to lose, or nothing more, so that no {@link Rewind#lost} is needed to know.
     *
     * @return true if the target follows the source as it is
     */
    public boolean losesNothing() {
        return this == NOT_NEEDED || this == CAN_FOLLOW || this == ALREADY_REWOUND;
    }
}
