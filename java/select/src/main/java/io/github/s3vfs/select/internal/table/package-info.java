/**
 * Objects as virtual tables of SQLite: columns, plans, cursors, and what SQLite's comparisons mean
 * for rows that need not be handed over. Imports the readers, {@code internal.eval} and {@code
 * internal.io}, and of the library the package {@code table.spi}.
 *
 * <p>A table and its cursors belong to a connection, which one thread at a time uses.
 */
@NullMarked
package io.github.s3vfs.select.internal.table;

import org.jspecify.annotations.NullMarked;
