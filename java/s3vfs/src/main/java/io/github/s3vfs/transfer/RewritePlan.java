package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.ByteRange;
import java.util.ArrayList;
import java.util.List;

/**
 * Which parts an object is made of that is a header and then the bytes of other objects, so that
 * the store copies as much of it as it can: a part that is copied has 5 MiB to 5 GiB, but for the
 * last one, so what comes before it is filled up to 5 MiB with the bytes behind it. Pure.
 *
 * @param steps the parts in order; one that is the whole object if that is small
 */
record RewritePlan(List<Step> steps) {

  /** One part. */
  sealed interface Step {
    /** Its length in bytes. */
    long length();
  }

  /**
   * A part that is sent from memory.
   *
   * @param header whether the header comes first
   * @param length in bytes, with the header
   * @param pieces what follows
   */
  record Upload(boolean header, long length, List<Piece> pieces) implements Step {}

  /** A part that the store copies. */
  record Copy(Piece piece) implements Step {
    @Override
    public long length() {
      return piece.range().length();
    }
  }

  /**
   * Bytes of a source.
   *
   * @param source its index
   * @param range of it
   */
  record Piece(int source, ByteRange range) {}

  /**
   * What is taken of a source.
   *
   * @param from the first byte
   * @param to behind the last byte
   */
  record Source(long from, long to) {
    long length() {
      return to - from;
    }
  }

  /**
   * Makes a plan.
   *
   * @param header its length in bytes
   * @param sources what is taken of each
   * @param least bytes of every part but the last, 5 MiB for S3
   * @param wished bytes of a part that is copied; more where there would be too many parts
   * @throws S3VfsException {@code INVALID} if the object would be too large, or have too many parts
   *     even so
   */
  static RewritePlan of(long header, List<Source> sources, long least, long wished) {
    long total = header + sources.stream().mapToLong(Source::length).sum();
    long size = Math.max(least, PartSizes.ofTotal(total, Math.max(least, wished)));
    while (true) {
      List<Step> steps = new Planning(header, sources, least, size).steps();
      if (steps.size() <= PartSizes.MAX_PARTS) {
        return new RewritePlan(List.copyOf(steps));
      }
      if (size == PartSizes.MAX_PART) {
        throw new S3VfsException(
            ErrorKind.INVALID,
            "an object of "
                + sources.size()
                + " sources would have "
                + steps.size()
                + " parts; S3 takes at most "
                + PartSizes.MAX_PARTS);
      }
      size = Math.min(PartSizes.MAX_PART, size * 2);
    }
  }

  /** Bytes of all parts. */
  long total() {
    return steps.stream().mapToLong(Step::length).sum();
  }

  /** Bytes that the store copies. */
  long copied() {
    return steps.stream().filter(Copy.class::isInstance).mapToLong(Step::length).sum();
  }

  /** One attempt, with a size of copied parts. */
  private static final class Planning {
    private final List<Source> sources;
    private final long least;
    private final long size;
    private final List<Step> steps = new ArrayList<>();

    /** What is to be sent next, and is not long enough yet. */
    private final List<Piece> pending = new ArrayList<>();

    private boolean headerPending;
    private long pendingLength;

    Planning(long header, List<Source> sources, long least, long size) {
      this.sources = sources;
      this.least = least;
      this.size = size;
      this.headerPending = header > 0;
      this.pendingLength = header;
    }

    List<Step> steps() {
      int last = sources.size() - 1;
      while (last >= 0 && sources.get(last).length() == 0) {
        last--;
      }
      for (int i = 0; i <= last; i++) {
        add(i, i == last);
      }
      if (pendingLength > 0) {
        send();
      }
      return steps;
    }

    private void add(int index, boolean last) {
      Source source = sources.get(index);
      long from = source.from();
      if (pendingLength > 0 && pendingLength < least) {
        long count = Math.min(least - pendingLength, source.length());
        take(index, from, count);
        from += count;
      }
      long rest = source.to() - from;
      if (rest == 0) {
        return;
      }
      if (rest < least && !last) {
        // Too short to be copied in the middle.
        take(index, from, rest);
        if (pendingLength >= least) {
          send();
        }
        return;
      }
      if (pendingLength > 0) {
        send();
      }
      copy(index, from, rest);
    }

    private void take(int index, long from, long count) {
      if (count > 0) {
        pending.add(new Piece(index, new ByteRange(from, count)));
        pendingLength += count;
      }
    }

    private void send() {
      steps.add(new Upload(headerPending, pendingLength, List.copyOf(pending)));
      headerPending = false;
      pending.clear();
      pendingLength = 0;
    }

    /** In parts that are about equal, so that none is too short. */
    private void copy(int index, long from, long length) {
      long count = (length + size - 1) / size;
      if (length / count < least) {
        count = Math.max(1, length / least);
      }
      long begun = 0;
      for (long i = 1; i <= count; i++) {
        long end = length * i / count;
        steps.add(new Copy(new Piece(index, new ByteRange(from + begun, end - begun))));
        begun = end;
      }
    }
  }
}
