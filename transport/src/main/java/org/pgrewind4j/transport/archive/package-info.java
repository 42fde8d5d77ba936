/** WAL archives in directories, as people and programs lay them out. */
@NullMarked
package org.pgrewind4j.transport.archive;

import org.jspecify.annotations.NullMarked;
