/**
 * S3 Select on the client: SQL over one CSV or JSON object, in S3, in a file or in memory. Usable
 * without SQLite. Imports {@code internal.*} of this module; only {@link S3ObjectSource}, and
 * {@code internal.events} for its errors, import {@code io.github.s3vfs}. {@code S3Select} and the
 * options are thread-safe and immutable; {@code SelectRows} belongs to one thread at a time.
 */
@NullMarked
package io.github.s3vfs.select;

import org.jspecify.annotations.NullMarked;
