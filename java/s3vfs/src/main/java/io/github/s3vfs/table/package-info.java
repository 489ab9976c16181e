/**
 * Virtual tables on connections of sqlite-jdbc, whose rows come from Java. Imports {@code
 * table.spi} and {@code internal.jna}.
 *
 * <p>Registering is safe in any thread, and waits for what the connection does.
 */
@NullMarked
package io.github.s3vfs.table;

import org.jspecify.annotations.NullMarked;
