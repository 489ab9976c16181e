package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.Listed;
import io.github.s3vfs.internal.store.ObjectStore;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The objects of one database: listed, and deleted. Thread-safe. */
final class DatabaseObjects {
  private static final Pattern LEFT_BLOCK = Pattern.compile("/[0-9]{10}");

  private final ObjectStore store;
  private final String key;
  private final Duration timeout;

  /**
   * @param key of the database
   * @param timeout how long one request may take
   */
  DatabaseObjects(ObjectStore store, String key, Duration timeout) {
    this.store = store;
    this.key = key;
    this.timeout = timeout;
  }

  private String describe(String suffix) {
    return "s3://" + store.bucket() + "/" + key + suffix;
  }

  /** All segments, and how many bytes each has. */
  Map<SegmentName, Long> segments() {
    Map<SegmentName, Long> segments = new LinkedHashMap<>();
    for (Listed listed : list(SegmentName.PREFIX)) {
      SegmentName name = SegmentName.parse(key, listed.key());
      if (name != null) {
        segments.put(name, listed.size());
      }
    }
    return segments;
  }

  /** Keys of segments, and of blocks that were left when the database was moved. */
  List<String> segmentsAndBlocks() {
    return list("/").stream()
        .map(Listed::key)
        .filter(
            each ->
                SegmentName.parse(key, each) != null
                    || LEFT_BLOCK.matcher(each.substring(key.length())).matches())
        .toList();
  }

  private List<Listed> list(String below) {
    return Await.result(store.list(key + below), timeout, "LIST " + describe(below));
  }

  /** Deletes segments. */
  void delete(Collection<SegmentName> segments) {
    deleteAll(segments.stream().map(segment -> segment.key(key)).toList());
  }

  void deleteAll(List<String> keys) {
    if (!keys.isEmpty()) {
      Await.result(store.deleteAll(keys), timeout, "DELETE " + describe(""));
    }
  }

  /** The first bytes of the head. One GET. */
  Fetched beginningOfHead() {
    return Await.result(
        store.get(key + HeadObject.SUFFIX, new ByteRange(0, Head.MAGIC_LENGTH), Condition.NONE),
        timeout,
        "GET " + describe(HeadObject.SUFFIX));
  }
}
