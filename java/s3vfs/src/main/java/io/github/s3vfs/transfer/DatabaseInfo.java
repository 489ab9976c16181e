package io.github.s3vfs.transfer;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.internal.layout.Facts;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a database is stored. Immutable.
 *
 * @param location where it is
 * @param layout how it is stored
 * @param pageSize in bytes; 0 if the file's header does not tell
 * @param pageCount of the regular SQLite file; 0 likewise
 * @param length of the regular SQLite file in bytes
 * @param blockSize in bytes; 0 in the layout {@code snapshot}
 * @param version the newest one; 0 in the layout {@code blocks}
 * @param committed when that was, by the store's clock; null in the layout {@code blocks}
 * @param oldestVersion no older one can be read; 0 in the layout {@code blocks}
 * @param objects how many objects there are: head and segments, or blocks and journal
 * @param storedBytes of all of them
 * @param writer who has the claim or the lease to write, as it calls itself; null if nobody has
 * @param writerTerm how long that one may be silent before another one takes over, or null
 */
public record DatabaseInfo(
    S3Location location,
    Layout layout,
    int pageSize,
    long pageCount,
    long length,
    int blockSize,
    long version,
    @Nullable Instant committed,
    long oldestVersion,
    long objects,
    long storedBytes,
    @Nullable String writer,
    @Nullable Duration writerTerm) {

  static DatabaseInfo of(S3Location location, Facts facts) {
    return new DatabaseInfo(
        location,
        facts.layout(),
        facts.pageSize(),
        facts.pageCount(),
        facts.length(),
        facts.blockSize(),
        facts.version(),
        facts.committed(),
        facts.oldest(),
        facts.objects(),
        facts.storedBytes(),
        facts.writer(),
        facts.term());
  }
}
