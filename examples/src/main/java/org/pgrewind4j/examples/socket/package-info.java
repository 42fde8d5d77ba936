/**
 * A transport of one's own: a directory that is served over a socket, in a protocol of a page, and the transport that reads
 * it. It passes the contract of the test kit. For trying out only: nobody is asked who he is, and nothing is encrypted.
 */
@NullMarked
package org.pgrewind4j.examples.socket;

import org.jspecify.annotations.NullMarked;
