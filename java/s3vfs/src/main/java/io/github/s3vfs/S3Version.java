package io.github.s3vfs;

import java.time.Instant;

/**
 * A version of a database in the layout {@code snapshot}: what one COMMIT has left.
 *
 * @param number 1 for the first commit, one more for each later one; for the URL parameter {@code
 *     version}
 * @param time of the commit, by the store's clock, in whole seconds or finer; never before that of
 *     an earlier version
 */
public record S3Version(long number, Instant time) {}
