/**
 * Whole databases in and out: serialize, deserialize, delete, list. Imports {@code
 * io.github.s3vfs}, {@code io.github.s3vfs.jdbc} and {@code internal.vfs}, {@code internal.layout}.
 * {@code S3Databases} is thread-safe; a serialization belongs to one thread at a time.
 */
@NullMarked
package io.github.s3vfs.transfer;

import org.jspecify.annotations.NullMarked;
