/**
 * What a kind of virtual tables is to SQLite: for those who have rows. Imports nothing of the
 * project.
 *
 * <p>SQLite calls on the thread that uses the connection, one call at a time for a connection.
 * Nothing here may use that connection. Whatever is thrown becomes the message of the statement's
 * failure.
 */
@NullMarked
package io.github.s3vfs.table.spi;

import org.jspecify.annotations.NullMarked;
