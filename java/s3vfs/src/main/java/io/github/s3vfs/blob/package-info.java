/**
 * Incremental BLOB I/O: parts of values are read and written without the whole, on any connection
 * of sqlite-jdbc in this process. Imports {@code internal.jna}.
 *
 * <p>Channels are thread-safe; one operation runs at a time, and closing does not wait for it but
 * fails. Streams, and the {@code java.sql.Blob} of a channel, are as safe as their channel.
 */
@NullMarked
package io.github.s3vfs.blob;

import org.jspecify.annotations.NullMarked;
