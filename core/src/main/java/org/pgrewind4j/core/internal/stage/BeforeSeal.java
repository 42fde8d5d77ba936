package org.pgrewind4j.core.internal.stage;

import java.io.IOException;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.files.FileOperations;

/** What is done when all is known that an execution will change, and nothing is changed yet. */
public interface BeforeSeal {

    /**
     * Does it, durably: the next step is the point of no return.
     *
     * @param manifest what will be done to the target, step by step
     * @param area has the target's new control file, and all that is staged
     */
    void perform(Manifest manifest, StagingArea area, FileOperations files) throws IOException;
}
