package io.github.s3vfs.select.parquet;

import com.github.luben.zstd.Zstd;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** Compressions of pages. */
enum Codec {
  UNCOMPRESSED,
  SNAPPY,
  GZIP,
  ZSTD,
  LZ4_RAW;

  /** The one of a chunk. */
  static Codec of(Chunk chunk) {
    String name = chunk.readable().getCodec().name();
    for (Codec codec : values()) {
      if (codec.name().equals(name)) {
        return codec;
      }
    }
    throw new SelectException(
        SelectError.PARQUET_UNSUPPORTED_CODEC,
        chunk.name() + " is compressed with " + name + ": SNAPPY, GZIP, ZSTD and LZ4_RAW are read");
  }

  /** The bytes of a part of a page, of which it is known how many they are. */
  byte[] decompress(byte[] source, int offset, int length, int size) throws IOException {
    if (this == UNCOMPRESSED || size == 0) {
      check(size, size == 0 ? 0 : length);
      return java.util.Arrays.copyOfRange(source, offset, offset + size);
    }
    if (this == GZIP) {
      try (GZIPInputStream stream =
          new GZIPInputStream(new ByteArrayInputStream(source, offset, length))) {
        byte[] bytes = stream.readNBytes(size);
        check(size, bytes.length + (stream.read() < 0 ? 0 : 1));
        return bytes;
      }
    }
    if (this == SNAPPY) {
      check(size, SnappyDecompressor.getUncompressedLength(source, offset));
    }
    byte[] target = new byte[size];
    long found =
        switch (this) {
          case SNAPPY ->
              new SnappyDecompressor().decompress(source, offset, length, target, 0, size);
          case LZ4_RAW -> new Lz4Decompressor().decompress(source, offset, length, target, 0, size);
          default -> Zstd.decompressByteArray(target, 0, size, source, offset, length);
        };
    if (this == ZSTD && Zstd.isError(found)) {
      throw new IOException(Zstd.getErrorName(found));
    }
    check(size, found);
    return target;
  }

  private static void check(int expected, long found) throws IOException {
    if (found != expected) {
      throw new IOException(found + " bytes where " + expected + " were said to be");
    }
  }
}
