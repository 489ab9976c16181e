/**
 * Whole databases in and out: serialize, deserialize, delete, list; single objects in and out.
 * Imports {@code io.github.s3vfs}, {@code io.github.s3vfs.jdbc} and {@code internal.vfs}, {@code
 * internal.layout}, {@code internal.store}. {@code S3Databases} and {@code S3Objects} are
 * thread-safe; a serialization, a reader or an upload belongs to one thread at a time.
 */
@NullMarked
package io.github.s3vfs.transfer;

import org.jspecify.annotations.NullMarked;
