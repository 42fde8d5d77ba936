/**
 * The layers between the bytes that a backup stores and the bytes of a file: encryption and compression. Each layer is a
 * {@link org.pgrewind4j.transport.codec.Layer}; what comes out of them all is an
 * {@link org.pgrewind4j.transport.codec.ExactStream}, which is as long as expected or an error.
 */
@NullMarked
package org.pgrewind4j.transport.codec;

import org.jspecify.annotations.NullMarked;
