package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.Listed;
import io.github.s3vfs.internal.store.ObjectStore;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A store that holds version 1 of a database of any size, as an import would make it, with a map of
 * one run. Its pages and the nodes of its map are made when they are asked for; each page begins
 * with its number and the number 1. What is put into it is kept in memory. Counts requests and
 * their bytes.
 */
final class GeneratedDatabase implements ObjectStore {
  static final int PAGE_SIZE = 4096;

  private static final Nonce UUID = new Nonce(5, 6);
  private static final int GROUP_PAGES = PageGroup.pagesPerGroup(PAGE_SIZE);
  private static final int LEAF_PAGES = GROUP_PAGES * MapWriter.LEAF_EXTENTS;

  /** What the first half of a nonce says about its segment; the second half is a number. */
  private static final long GROUPS = 100;

  private static final long LEAVES = 200;
  private static final long NODES = 300;
  private static final Set<Long> KINDS = Set.of(GROUPS, LEAVES, NODES);

  /** Frames are so far apart; more than any is long. */
  private static final long STRIDE = 64 << 10;

  private final InMemoryObjectStore memory = new InMemoryObjectStore("bucket");
  private final long pageCount;
  private final int leafLength;
  private final List<byte[]> nodes = new ArrayList<>();
  private final Head head;

  long gets;
  long bytesGot;
  long puts;
  long bytesPut;

  GeneratedDatabase(long pageCount) {
    this.pageCount = pageCount;
    this.leafLength = leaf(0).length - width(1);
    List<MapIndex.Child> children = new ArrayList<>();
    long leaves = (pageCount + LEAF_PAGES - 1) / LEAF_PAGES;
    for (long i = 0; i < leaves; i++) {
      boolean whole = (i + 1) * LEAF_PAGES <= pageCount;
      int length = Frames.HEADER + (whole ? leafLength + width(first(i)) : leaf(i).length);
      children.add(new MapIndex.Child(first(i), place(LEAVES, i / 100, i % 100, length)));
    }
    int height = 0;
    for (; children.size() > MapWriter.ROOT_CHILDREN; height++) {
      List<MapIndex.Child> parents = new ArrayList<>();
      for (int from = 0; from < children.size(); from += MapWriter.INDEX_CHILDREN) {
        int to = Math.min(children.size(), from + MapWriter.INDEX_CHILDREN);
        Encoder encoder = new Encoder();
        new MapIndex(height, children.subList(from, to)).writeTo(encoder);
        FrameRef frame = place(NODES, nodes.size(), 0, Frames.HEADER + encoder.size());
        nodes.add(encoder.toBytes());
        parents.add(new MapIndex.Child(children.get(from).first(), frame));
      }
      children = parents;
    }
    long extents = (pageCount + GROUP_PAGES - 1) / GROUP_PAGES;
    VersionRecord.Run run =
        new VersionRecord.Run(
            extents, leaves * leafLength, pageCount + 1, new MapIndex(height, children));
    VersionRecord record =
        new VersionRecord(
            UUID,
            1,
            1,
            new Nonce(7, 8),
            Instant.EPOCH,
            PAGE_SIZE,
            pageCount,
            Extents.EMPTY,
            List.of(run),
            List.of(),
            List.of(1L),
            Origin.own(UUID));
    this.head =
        new Head(1, new Nonce(9, 10), 1, 0, Upkeep.NONE, null, place(NODES, 99, 0, 100), record);
  }

  Head head() {
    return head;
  }

  private static long first(long leaf) {
    return leaf * LEAF_PAGES + 1;
  }

  private static int width(long number) {
    return new Encoder().varint(number).size();
  }

  private static FrameRef place(long kind, long segment, long number, int length) {
    SegmentName name = new SegmentName(1, new Nonce(kind, segment), 0);
    return new FrameRef(name, 8 + number * STRIDE, length);
  }

  private byte[] leaf(long leaf) {
    Extents.Builder builder = new Extents.Builder();
    long end = Math.min(pageCount + 1, first(leaf + 1));
    for (long page = first(leaf); page < end; page += GROUP_PAGES) {
      int length = groupLength(page);
      long count = Math.min(GROUP_PAGES, end - page);
      FrameRef frame = place(GROUPS, leaf, (page - first(leaf)) / GROUP_PAGES, length);
      builder.add(new Extent(page, count, frame, 0));
    }
    return builder.build().encode();
  }

  /** As {@link #group} makes it, and the header. */
  private static int groupLength(long firstPage) {
    return Frames.HEADER
        + 1
        + width(PAGE_SIZE)
        + width(GROUP_PAGES)
        + width(firstPage)
        + GROUP_PAGES
        - 1
        + GROUP_PAGES * (4 + PAGE_SIZE);
  }

  /** Stored as they are, so that all are as long as each other but for the page number. */
  private static byte[] group(long firstPage) {
    byte[] bytes = new byte[GROUP_PAGES * PAGE_SIZE];
    Encoder encoder = new Encoder().u8(0).varint(PAGE_SIZE).varint(GROUP_PAGES).varint(firstPage);
    ByteBuffer pages = ByteBuffer.wrap(bytes);
    for (int i = 0; i < GROUP_PAGES; i++) {
      pages.putLong(i * PAGE_SIZE, firstPage + i).putLong(i * PAGE_SIZE + 8, 1);
      encoder.bytes(i == 0 ? new byte[0] : new byte[] {1});
    }
    for (int i = 0; i < GROUP_PAGES; i++) {
      encoder.u32(Frames.crc(bytes, i * PAGE_SIZE, PAGE_SIZE));
    }
    return encoder.bytes(bytes).toBytes();
  }

  private byte[] frame(SegmentName segment, long number) {
    long offset = 8 + number * STRIDE;
    long which = segment.nonce().low();
    long kind = segment.nonce().high();
    if (kind == GROUPS) {
      byte[] group = group(first(which) + number * GROUP_PAGES);
      return Frames.seal(UUID, segment, offset, Frames.PAGE_GROUP, group);
    }
    return kind == LEAVES
        ? Frames.seal(UUID, segment, offset, Frames.MAP_LEAF, leaf(which * 100 + number))
        : Frames.seal(UUID, segment, offset, Frames.MAP_INDEX, nodes.get((int) which));
  }

  @Override
  public CompletableFuture<Fetched> get(
      String key, @Nullable ByteRange range, Condition condition) {
    SegmentName segment = SegmentName.parse(StoredVersions.KEY, key);
    gets++;
    if (segment == null || range == null || !KINDS.contains(segment.nonce().high())) {
      CompletableFuture<Fetched> answer = memory.get(key, range, condition);
      bytesGot += answer.join().body().length;
      return answer;
    }
    byte[] body = new byte[(int) range.length()];
    for (long at = range.offset(); at < range.offset() + range.length(); at += STRIDE) {
      byte[] frame = frame(segment, (at - 8) / STRIDE);
      int from = (int) (at - range.offset());
      System.arraycopy(frame, 0, body, from, Math.min(frame.length, body.length - from));
    }
    bytesGot += body.length;
    return CompletableFuture.completedFuture(
        new Fetched(Fetched.Status.FOUND, body, "etag", 1L << 40, Instant.EPOCH, Instant.EPOCH));
  }

  @Override
  public CompletableFuture<String> put(String key, byte[] body, Condition condition) {
    puts++;
    bytesPut += body.length;
    return memory.put(key, body, condition);
  }

  @Override
  public String bucket() {
    return memory.bucket();
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return memory.delete(key);
  }

  @Override
  public CompletableFuture<Void> deleteAll(Collection<String> keys) {
    return memory.deleteAll(keys);
  }

  @Override
  public CompletableFuture<List<Listed>> list(String prefix) {
    return memory.list(prefix);
  }

  @Override
  public CompletableFuture<List<String>> listPrefixes(String prefix) {
    return memory.listPrefixes(prefix);
  }
}
