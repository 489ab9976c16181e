package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The bytes of a result: a header, and what is taken of each source. Pure.
 *
 * @param header its bytes; none if a source has it already and all of that is taken
 * @param taken of each source
 * @param headerAdded whether no source had the header's line
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RewriteContent(byte[] header, List<RewritePlan.Source> taken, boolean headerAdded) {
  private static final byte[] NOTHING = new byte[0];

  /** Decides what the result consists of. */
  static RewriteContent of(Header header, RewriteSources sources, GzipPolicy gzip) {
    int compressed = 0;
    for (int i = 0; gzip != GzipPolicy.IGNORE && i < sources.all().size(); i++) {
      if (!sources.isGzip(i)) {
        continue;
      }
      compressed++;
      if (gzip == GzipPolicy.REFUSE) {
        throw new S3VfsException(
            ErrorKind.UNSUPPORTED,
            sources.name(i)
                + " is compressed by gzip; a header in front of it can only be a gzip member of its"
                + " own, if that is asked for");
      }
    }
    if (compressed == 0) {
      return plain(header, sources);
    }
    for (int i = 0; i < sources.all().size(); i++) {
      if (sources.all().get(i).size() > 0 && !sources.isGzip(i)) {
        throw new S3VfsException(
            ErrorKind.UNSUPPORTED,
            "some of the sources are compressed by gzip and some are not, as " + sources.name(i));
      }
    }
    return gzip(header, sources);
  }

  private static RewriteContent plain(Header header, RewriteSources sources) {
    int lead = sources.lead();
    HeaderBytes bytes = HeaderBytes.of(header, sources.starts().get(lead), sources.name(lead));
    List<RewritePlan.Source> taken = new ArrayList<>();
    boolean present = false;
    for (int i = 0; i < sources.all().size(); i++) {
      byte[] start = sources.starts().get(i);
      int leftOut = bytes.leftOut(header, start, sources.name(i));
      present |= bytes.hasLine(header, start, leftOut);
      taken.add(new RewritePlan.Source(leftOut, sources.all().get(i).size()));
    }
    return new RewriteContent(bytes.bytes(), taken, bytes.bytes().length > 0 && !present);
  }

  /** What is within a compressed source can be looked at, but nothing of it can be left out. */
  private static RewriteContent gzip(Header header, RewriteSources sources) {
    int known = HeaderBytes.toBeKnown(header);
    int lead = sources.lead();
    byte[] first = decompressed(sources.starts().get(lead), HeaderBytes.toBeKnownFirst(header));
    HeaderBytes bytes = HeaderBytes.of(header, first, sources.name(lead));
    List<RewritePlan.Source> taken = new ArrayList<>();
    boolean present = false;
    for (int i = 0; i < sources.all().size(); i++) {
      byte[] start = i == lead ? first : decompressed(sources.starts().get(i), known);
      int leftOut = bytes.leftOut(header, start, sources.name(i));
      if (leftOut > 0 && (i != lead || !bytes.hasLine(header, start, leftOut))) {
        throw new S3VfsException(
            ErrorKind.UNSUPPORTED,
            sources.name(i)
                + " is compressed by gzip; "
                + leftOut
                + " bytes at its beginning (a byte order mark, or the header) cannot be left out");
      }
      present |= leftOut > 0;
      taken.add(new RewritePlan.Source(0, sources.all().get(i).size()));
    }
    boolean nothing = present || bytes.bytes().length == 0;
    return new RewriteContent(nothing ? NOTHING : compressed(bytes.bytes()), taken, !nothing);
  }

  private static byte[] compressed(byte[] bytes) {
    ByteArrayOutputStream member = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(member)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return member.toByteArray();
  }

  /** The beginning of what a compressed beginning holds, as far as it goes. */
  private static byte[] decompressed(byte[] start, int most) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(start))) {
      byte[] some = new byte[8192];
      int count = in.read(some);
      while (count >= 0 && out.size() < most) {
        out.write(some, 0, count);
        count = in.read(some);
      }
    } catch (IOException e) {
      // The end of what was read of it.
      return out.toByteArray();
    }
    return out.toByteArray();
  }

  /** Bytes of the result. */
  long total() {
    return header.length + taken.stream().mapToLong(RewritePlan.Source::length).sum();
  }

  RewriteResult result(ObjectInfo object, long copied) {
    return new RewriteResult(object, headerAdded, total() - copied, copied);
  }
}
