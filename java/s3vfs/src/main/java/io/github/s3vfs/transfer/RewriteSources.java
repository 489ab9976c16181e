package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.CopySource;
import io.github.s3vfs.internal.store.LargeObjects;
import io.github.s3vfs.internal.store.ObjectHead;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The objects that a result is made of, each of the version that it had at the beginning, and with
 * its first bytes.
 *
 * @param all what S3 says of them
 * @param starts the first bytes of each, or all of it
 */
record RewriteSources(List<ObjectInfo> all, List<byte[]> starts) {
  private static final byte[] NOTHING = new byte[0];
  private static final int AT_ONCE = 16;

  /**
   * Asks for all of them, several at once.
   *
   * @param first how many bytes are wanted of the first one that is not empty
   * @param others how many of each other one
   */
  static RewriteSources read(
      S3Objects objects, List<ObjectLocation> locations, long first, long others) {
    List<ObjectInfo> all =
        severalAtOnce(
            locations,
            location -> objects.in(location.bucket()).head(location.key(), null),
            (location, head) -> ObjectInfo.of(location, (ObjectHead) head),
            objects);
    List<byte[]> starts = new ArrayList<>();
    int second = lead(all) + 1;
    starts.addAll(starts(objects, all.subList(0, second), first));
    starts.addAll(starts(objects, all.subList(second, all.size()), others));
    return new RewriteSources(all, starts);
  }

  /** Which one the result begins with: the first one that is not empty, or else the first one. */
  int lead() {
    return lead(all);
  }

  private static int lead(List<ObjectInfo> all) {
    int lead = 0;
    while (lead < all.size() && all.get(lead).size() == 0) {
      lead++;
    }
    return lead < all.size() ? lead : 0;
  }

  private static List<byte[]> starts(S3Objects objects, List<ObjectInfo> infos, long wanted) {
    return severalAtOnce(
        infos, info -> start(objects, info, wanted), (info, bytes) -> (byte[]) bytes, objects);
  }

  private static CompletableFuture<byte[]> start(S3Objects objects, ObjectInfo info, long wanted) {
    long length = Math.min(wanted, info.size());
    return length == 0
        ? CompletableFuture.completedFuture(NOTHING)
        : objects.in(info.location().bucket()).read(copySource(info), new ByteRange(0, length));
  }

  static CopySource copySource(ObjectInfo info) {
    return new CopySource(
        info.location().bucket(), info.location().key(), info.versionId(), info.etag());
  }

  /** Makes a result of an item and its answer. */
  private interface Joining<T, R> {
    R join(T item, Object answer);
  }

  private static <T, R> List<R> severalAtOnce(
      List<T> items,
      Function<T, CompletableFuture<?>> request,
      Joining<T, R> joining,
      S3Objects objects) {
    List<R> results = new ArrayList<>();
    for (int from = 0; from < items.size(); from += AT_ONCE) {
      List<T> some = items.subList(from, Math.min(items.size(), from + AT_ONCE));
      List<CompletableFuture<?>> requests = new ArrayList<>();
      some.forEach(item -> requests.add(request.apply(item)));
      try {
        for (int i = 0; i < some.size(); i++) {
          Object answer =
              Await.result(requests.get(i), objects.patience(), String.valueOf(some.get(i)));
          results.add(joining.join(some.get(i), answer));
        }
      } finally {
        requests.forEach(each -> each.cancel(true));
      }
    }
    return results;
  }

  /** The first bytes of a source from some point on. */
  byte[] start(int index, int from) {
    byte[] start = starts.get(index);
    return Arrays.copyOfRange(start, Math.min(from, start.length), start.length);
  }

  /** Names a source in messages. */
  String name(int index) {
    return all.get(index).location().toString();
  }

  /**
   * Reads bytes of a source, from what is known of it where that suffices.
   *
   * @param objects that it is among
   */
  CompletableFuture<byte[]> bytes(LargeObjects objects, RewritePlan.Piece piece) {
    byte[] start = starts.get(piece.source());
    ByteRange range = piece.range();
    if (range.offset() + range.length() <= start.length) {
      int from = (int) range.offset();
      return CompletableFuture.completedFuture(
          Arrays.copyOfRange(start, from, from + (int) range.length()));
    }
    return objects.read(copySource(all.get(piece.source())), range);
  }

  /** Whether a source is compressed by gzip; refuses other compressions. */
  boolean isGzip(int index) {
    String encoding = all.get(index).contentEncoding();
    String named =
        encoding == null ? "" : encoding.replace("aws-chunked", "").replace(",", "").strip();
    byte[] start = starts.get(index);
    boolean magic =
        start.length > 2 && start[0] == 0x1f && start[1] == (byte) 0x8b && start[2] == 8;
    if (magic || named.equals("gzip") || named.equals("x-gzip")) {
      return true;
    } else if (named.isEmpty() || named.equals("identity")) {
      return false;
    }
    throw new S3VfsException(
        ErrorKind.UNSUPPORTED,
        name(index)
            + " has the Content-Encoding "
            + encoding
            + "; a header cannot be put in front of that");
  }
}
