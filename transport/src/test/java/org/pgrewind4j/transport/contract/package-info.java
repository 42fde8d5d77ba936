/**
 * The contract of {@link org.pgrewind4j.transport.Transport} as tests. An implementation inherits
 * {@link org.pgrewind4j.transport.contract.TransportContractTest}, says where its source lies, and is held to every clause.
 */
@NullMarked
package org.pgrewind4j.transport.contract;

import org.jspecify.annotations.NullMarked;
