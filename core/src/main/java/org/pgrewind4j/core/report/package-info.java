/**
 * What a rewind loses: {@link org.pgrewind4j.core.report.DivergenceReport}, made by
 * {@link org.pgrewind4j.core.Rewind#lost}, as data, JSON, text and an HTML page.
 */
@NullMarked
package org.pgrewind4j.core.report;

import org.jspecify.annotations.NullMarked;
