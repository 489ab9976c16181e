package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Checked;
import io.github.s3vfs.internal.layout.DatabaseHeader;
import io.github.s3vfs.internal.layout.Facts;
import io.github.s3vfs.internal.layout.Findings;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.Listed;
import io.github.s3vfs.internal.store.ObjectStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks at the objects of a database in blocks, without changing anything. Thread-safe. */
final class BlocksInspection {
  private final S3Location location;
  private final ObjectStore store;
  private final BlockObjects objects;
  private final Duration timeout;

  /**
   * @param objects of the database, not of its journal
   * @param timeout how long one request may take
   */
  BlocksInspection(S3Location location, ObjectStore store, BlockObjects objects, Duration timeout) {
    this.location = location;
    this.store = store;
    this.objects = objects;
    this.timeout = timeout;
  }

  private S3VfsException noDatabase() {
    return new S3VfsException(ErrorKind.NOT_FOUND, "there is no database at " + location);
  }

  /**
   * What the objects are.
   *
   * @param state what is known of the file
   */
  Facts facts(BlocksState state) {
    if (state.storedLength() == 0 && !state.recovering()) {
      throw noDatabase();
    }
    List<Listed> stored =
        list(location.key() + "/").stream().filter(each -> objects.index(each) >= 0).toList();
    List<Listed> journal = list(location.key() + "-journal/");
    LeaseRecord lease = lease();
    LeaseRecord held = lease != null && lease.held() ? lease : null;
    DatabaseHeader header = state.header();
    int pageSize = header == null ? 0 : header.pageSize();
    return new Facts(
        Layout.BLOCKS,
        pageSize,
        pageSize == 0 ? 0 : state.length() / pageSize,
        state.length(),
        state.blockSize(),
        0,
        null,
        0,
        stored.size() + journal.size(),
        bytes(stored) + bytes(journal),
        held == null ? null : held.holder(),
        held == null ? null : held.term());
  }

  private List<Listed> list(String prefix) {
    String what = "LIST s3://" + location.bucket() + "/" + prefix;
    return Await.result(store.list(prefix), timeout, what);
  }

  private static long bytes(List<Listed> listed) {
    return listed.stream().mapToLong(Listed::size).sum();
  }

  private @Nullable LeaseRecord lease() {
    String key = location.key() + "-lease";
    String what = "s3://" + location.bucket() + "/" + key;
    Fetched found = Await.result(store.get(key, null, Condition.NONE), timeout, "GET " + what);
    return found.found() ? LeaseRecord.parse(found.body(), what) : null;
  }

  /** The result where not even the file's beginning can be understood. */
  static Checked unreadable(S3Location location, S3VfsException e, Findings findings) {
    if (e.kind() != ErrorKind.CORRUPT) {
      throw e;
    }
    findings.damaged(location.toString(), String.valueOf(e.getMessage()));
    return new Checked(Layout.BLOCKS, 1, 0, 0);
  }

  /**
   * Whether every block is there, and has the length that it must have. Their bytes have no
   * checksums.
   *
   * @param state what is known of the file
   */
  Checked check(BlocksState state, Findings findings) {
    if (state.storedLength() == 0 && !state.recovering()) {
      throw noDatabase();
    }
    long blocks = state.blocks();
    findings.expected(state.length());
    Map<Long, Long> sizes = new HashMap<>();
    for (Listed each : list(location.key() + "/")) {
      sizes.put(objects.index(each), each.size());
    }
    sizes.remove(-1L);
    for (long index = 0; index < blocks; index++) {
      Long size = sizes.get(index);
      int least = state.leastLength(index);
      if (size == null) {
        if (!state.inLockPage(index)) {
          damaged(findings, index, "is missing");
        }
      } else if (size < least || size > state.blockSize()) {
        damaged(findings, index, "has " + size + " bytes where " + least + " are expected");
      }
      findings.read(least);
    }
    return new Checked(Layout.BLOCKS, 1, sizes.size(), 0);
  }

  private void damaged(Findings findings, long index, String how) {
    String object = objects.describe(index);
    findings.damaged(object, "block " + object + " " + how);
  }
}
