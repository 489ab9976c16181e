package io.github.s3vfs.benchmark;

import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.RequestRecord;
import io.github.s3vfs.testkit.S3Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The number of round trips of which each had to wait for the one before it.
 *
 * <p>The account's own chain also counts waiting for a free connection: a thousand independent PUTs
 * over 16 connections are a chain of 63. Here requests of one operation on the objects of one
 * directory that overlap in time, directly or through others of them, are one wave and count once:
 * a request that is sent while another one of its wave has no answer yet waits for a connection,
 * not for that answer. Between waves it is the greatest number that do not overlap.
 */
final class DependentChain {
  private DependentChain() {}

  /** What requests of one wave have in common. */
  private record Kind(S3Operation operation, String directory) {}

  private static final class Wave {
    private long start;
    private long end;

    Wave(long start, long end) {
      this.start = start;
      this.end = end;
    }
  }

  static int length(AccountSnapshot account) {
    List<RequestRecord> byStart = new ArrayList<>(account.requests());
    byStart.sort(Comparator.comparingLong(RequestRecord::startNanos));
    List<Wave> waves = new ArrayList<>();
    Map<Kind, Wave> last = new HashMap<>();
    for (RequestRecord request : byStart) {
      String key = request.key();
      Kind kind = new Kind(request.operation(), key.substring(0, key.lastIndexOf('/') + 1));
      Wave wave = last.get(kind);
      if (wave != null && request.startNanos() - wave.end < 0) {
        wave.end = Math.max(wave.end, request.endNanos());
      } else {
        wave = new Wave(request.startNanos(), request.endNanos());
        last.put(kind, wave);
        waves.add(wave);
      }
    }
    waves.sort(Comparator.comparingLong(wave -> wave.end));
    int length = 0;
    long lastEnd = 0;
    for (Wave wave : waves) {
      if (length == 0 || wave.start - lastEnd >= 0) {
        length++;
        lastEnd = wave.end;
      }
    }
    return length;
  }
}
