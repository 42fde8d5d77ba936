/**
 * From the staging area to the target, any number of times; reads back what was written, and resumes.
 *
 * <p>Needs neither the source nor {@link org.pgrewind4j.core.internal.stage}: what is sealed is enough.
 */
@NullMarked
package org.pgrewind4j.core.internal.apply;

import org.jspecify.annotations.NullMarked;
