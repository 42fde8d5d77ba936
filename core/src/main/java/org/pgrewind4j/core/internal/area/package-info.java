/**
 * What is on the disk between kill and resume, and who may work there: locks, manifest, status.
 *
 * <p>Knows neither source nor decisions.
 */
@NullMarked
package org.pgrewind4j.core.internal.area;

import org.jspecify.annotations.NullMarked;
