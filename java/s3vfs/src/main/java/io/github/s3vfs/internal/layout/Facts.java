package io.github.s3vfs.internal.layout;

import io.github.s3vfs.Layout;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a database is stored.
 *
 * @param layout of the database
 * @param pageSize in bytes; 0 if it is not known
 * @param pageCount of the file
 * @param length of the file in bytes
 * @param blockSize in bytes; 0 in a layout without blocks
 * @param version the newest one; 0 in a layout that keeps none
 * @param committed when that was, by the store's clock, or null
 * @param oldest the oldest version that may be read; 0 in a layout that keeps none
 * @param objects how many there are
 * @param storedBytes of all of them
 * @param writer who has the claim or the lease, for people; null if nobody has
 * @param term how long that writer may be silent, or null
 */
public record Facts(
    Layout layout,
    int pageSize,
    long pageCount,
    long length,
    int blockSize,
    long version,
    @Nullable Instant committed,
    long oldest,
    long objects,
    long storedBytes,
    @Nullable String writer,
    @Nullable Duration term) {}
