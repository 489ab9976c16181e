package io.github.s3vfs.select.parquet;

import com.github.luben.zstd.Zstd;
import io.airlift.compress.Compressor;
import io.airlift.compress.lz4.Lz4Compressor;
import io.airlift.compress.snappy.SnappyCompressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.crypto.FileEncryptionProperties;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.jspecify.annotations.Nullable;

/** Files of parquet-java's writer, in memory. */
final class ParquetFile {
  private final MessageType schema;
  private CompressionCodecName codec = CompressionCodecName.UNCOMPRESSED;
  private WriterVersion version = WriterVersion.PARQUET_1_0;
  private boolean dictionary = true;
  private boolean byteStreamSplit;
  private boolean checksums = true;
  private int pageRows = 20_000;
  private int groupRows = Integer.MAX_VALUE;
  private @Nullable FileEncryptionProperties encryption;

  private ParquetFile(MessageType schema) {
    this.schema = schema;
  }

  /** With a schema in the language of parquet-java, without {@code message x}. */
  static ParquetFile of(String fields) {
    return new ParquetFile(MessageTypeParser.parseMessageType("message m {" + fields + "}"));
  }

  static ParquetFile of(MessageType schema) {
    return new ParquetFile(schema);
  }

  MessageType schema() {
    return schema;
  }

  ParquetFile codec(CompressionCodecName name) {
    codec = name;
    return this;
  }

  ParquetFile version2() {
    version = WriterVersion.PARQUET_2_0;
    return this;
  }

  ParquetFile withoutDictionary() {
    dictionary = false;
    return this;
  }

  ParquetFile byteStreamSplit() {
    byteStreamSplit = true;
    return withoutDictionary();
  }

  ParquetFile withoutChecksums() {
    checksums = false;
    return this;
  }

  ParquetFile pageRows(int rows) {
    pageRows = rows;
    return this;
  }

  ParquetFile groupRows(int rows) {
    groupRows = rows;
    return this;
  }

  ParquetFile encrypted(FileEncryptionProperties properties) {
    encryption = properties;
    return this;
  }

  /** As many rows as are said, each filled in by its number. */
  byte[] rows(int count, BiConsumer<Group, Integer> fill) {
    Memory memory = new Memory();
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(memory)
            .withConf(new PlainParquetConfiguration())
            .withType(schema)
            .withCodecFactory(new Codecs())
            .withCompressionCodec(codec)
            .withWriterVersion(version)
            .withDictionaryEncoding(dictionary)
            .withByteStreamSplitEncoding(byteStreamSplit)
            .withPageWriteChecksumEnabled(checksums)
            .withPageRowCountLimit(pageRows)
            .withRowGroupRowCountLimit(groupRows)
            .withEncryption(encryption)
            .build()) {
      for (int i = 0; i < count; i++) {
        Group row = new SimpleGroup(schema);
        fill.accept(row, i);
        writer.write(row);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return memory.bytes.toByteArray();
  }

  private static final class Memory implements OutputFile {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public PositionOutputStream create(long blockSizeHint) {
      return new PositionOutputStream() {
        @Override
        public long getPos() {
          return bytes.size();
        }

        @Override
        public void write(int value) {
          bytes.write(value);
        }

        @Override
        public void write(byte[] source, int offset, int length) {
          bytes.write(source, offset, length);
        }
      };
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) {
      return create(blockSizeHint);
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return 0;
    }
  }

  /** That of parquet-java needs more of Hadoop. */
  private static final class Codecs implements CompressionCodecFactory {
    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName name) {
      return new BytesInputCompressor() {
        @Override
        public BytesInput compress(BytesInput bytes) throws IOException {
          return BytesInput.from(Codecs.compress(name, bytes.toInputStream().readAllBytes()));
        }

        @Override
        public CompressionCodecName getCodecName() {
          return name;
        }

        @Override
        public void release() {}
      };
    }

    private static byte[] compress(CompressionCodecName name, byte[] bytes) throws IOException {
      return switch (name) {
        case UNCOMPRESSED -> bytes;
        case SNAPPY -> compress(new SnappyCompressor(), bytes);
        case LZ4_RAW -> compress(new Lz4Compressor(), bytes);
        case ZSTD -> Zstd.compress(bytes);
        case GZIP -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
          }
          yield out.toByteArray();
        }
        default -> bytes; // for those that are refused
      };
    }

    private static byte[] compress(Compressor compressor, byte[] bytes) {
      byte[] target = new byte[compressor.maxCompressedLength(bytes.length)];
      int size = compressor.compress(bytes, 0, bytes.length, target, 0, target.length);
      return Arrays.copyOf(target, size);
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void release() {}
  }

  /** The codecs that are read. */
  static List<CompressionCodecName> codecs() {
    return List.of(
        CompressionCodecName.UNCOMPRESSED,
        CompressionCodecName.SNAPPY,
        CompressionCodecName.GZIP,
        CompressionCodecName.ZSTD,
        CompressionCodecName.LZ4_RAW);
  }
}
