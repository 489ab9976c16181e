package io.github.s3vfs.transfer;

import io.github.s3vfs.internal.store.ObjectAttributes;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an object is stored, and what is stored with it. Immutable.
 *
 * @param partSizeBytes of each part, 5 MiB to 5 GiB; of what is sent from memory at most 1 GiB.
 *     Grows by itself where the object would have more than 10,000 parts.
 * @param concurrency the most parts that are under way at once, 1 to 256. That many, and one more,
 *     are in memory.
 * @param expectedSize the object's length in bytes, so that the size of the parts can be chosen and
 *     progress has a total; -1 if not known. Only a hint.
 * @param condition what must hold of the object that is replaced. Some stores that are not AWS's do
 *     not check it for objects that are stored in more than one part; it is then only looked at
 *     before the upload and before its end.
 * @param contentType the Content-Type, or null for the store's default
 * @param contentEncoding the Content-Encoding, or null
 * @param contentLanguage the Content-Language, or null
 * @param contentDisposition the Content-Disposition, or null
 * @param cacheControl the Cache-Control, or null
 * @param metadata the user's own, by name without {@code x-amz-meta-}
 * @param tags the object's tags
 * @param storageClass as S3 names it, or null for what the VFS is set to
 * @param serverSideEncryption AES256, aws:kms or aws:kms:dsse, or null for what the VFS is set to
 * @param kmsKeyId the key for aws:kms, or null for AWS's own
 * @param checksumAlgorithm CRC32, CRC32C, CRC64NVME, SHA1 or SHA256, sent with each part and
 *     checked by S3; null for none
 * @param maxBytesPerSecond how fast parts are sent, 0 for as fast as it goes. What the store copies
 *     by itself does not count.
 * @param progress is told of bytes that S3 has acknowledged
 */
public record UploadOptions(
    long partSizeBytes,
    int concurrency,
    long expectedSize,
    WriteCondition condition,
    @Nullable String contentType,
    @Nullable String contentEncoding,
    @Nullable String contentLanguage,
    @Nullable String contentDisposition,
    @Nullable String cacheControl,
    Map<String, String> metadata,
    Map<String, String> tags,
    @Nullable String storageClass,
    @Nullable String serverSideEncryption,
    @Nullable String kmsKeyId,
    @Nullable String checksumAlgorithm,
    long maxBytesPerSecond,
    TransferProgress progress) {

  private static final Set<String> ALGORITHMS =
      Set.of("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256");

  /** 8 MiB. */
  static final long DEFAULT_PART_SIZE = 8 * PartSizes.MIB;

  /**
   * Parts of 8 MiB; at most 8 at once, and fewer where the heap is small; no condition, nothing
   * stored with the object.
   */
  public static final UploadOptions DEFAULT = builder().build();

  /**
   * Checks the bounds, and copies the maps.
   *
   * @throws io.github.s3vfs.S3VfsException {@code INVALID}, naming the option
   */
  public UploadOptions {
    Objects.requireNonNull(condition, "condition");
    Objects.requireNonNull(progress, "progress");
    ReadOptions.check(
        partSizeBytes >= PartSizes.MIN_PART && partSizeBytes <= PartSizes.MAX_PART,
        "partSizeBytes " + partSizeBytes,
        PartSizes.MIN_PART + " to " + PartSizes.MAX_PART + " (5 MiB to 5 GiB)");
    ReadOptions.check(
        concurrency >= 1 && concurrency <= 256, "concurrency " + concurrency, "1 to 256");
    ReadOptions.check(
        expectedSize >= -1 && expectedSize <= PartSizes.MAX_OBJECT,
        "expectedSize " + expectedSize,
        "-1 to " + PartSizes.MAX_OBJECT + " (10,000 parts of 5 GiB)");
    ReadOptions.check(
        checksumAlgorithm == null || ALGORITHMS.contains(checksumAlgorithm),
        "checksumAlgorithm " + checksumAlgorithm,
        "one of " + ALGORITHMS);
    ReadOptions.check(
        maxBytesPerSecond >= 0, "maxBytesPerSecond " + maxBytesPerSecond, "0 or more");
    metadata = Map.copyOf(metadata);
    tags = Map.copyOf(tags);
  }

  /** With the part that is being written, as many as fit into a quarter of the heap; 1 to 8. */
  static int defaultConcurrency(long partSize) {
    return (int) Math.max(1, Math.min(8, Runtime.getRuntime().maxMemory() / 4 / partSize - 1));
  }

  /** What is stored with the object. */
  ObjectAttributes attributes() {
    return new ObjectAttributes(
        contentType,
        contentEncoding,
        contentLanguage,
        contentDisposition,
        cacheControl,
        metadata,
        tags,
        storageClass,
        serverSideEncryption,
        kmsKeyId,
        checksumAlgorithm);
  }

  /**
   * The defaults, to be changed.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * These, to be changed.
   *
   * @return a new builder
   */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.partSizeBytes = partSizeBytes;
    builder.concurrency = concurrency;
    builder.expectedSize = expectedSize;
    builder.condition = condition;
    builder.contentType = contentType;
    builder.contentEncoding = contentEncoding;
    builder.contentLanguage = contentLanguage;
    builder.contentDisposition = contentDisposition;
    builder.cacheControl = cacheControl;
    builder.metadata = metadata;
    builder.tags = tags;
    builder.storageClass = storageClass;
    builder.serverSideEncryption = serverSideEncryption;
    builder.kmsKeyId = kmsKeyId;
    builder.checksumAlgorithm = checksumAlgorithm;
    builder.maxBytesPerSecond = maxBytesPerSecond;
    builder.progress = progress;
    return builder;
  }

  /** Makes options; each method sets the component of its name. Not thread-safe. */
  public static final class Builder {
    private long partSizeBytes = DEFAULT_PART_SIZE;
    private int concurrency;
    private long expectedSize = -1;
    private WriteCondition condition = WriteCondition.none();
    private @Nullable String contentType;
    private @Nullable String contentEncoding;
    private @Nullable String contentLanguage;
    private @Nullable String contentDisposition;
    private @Nullable String cacheControl;
    private Map<String, String> metadata = Map.of();
    private Map<String, String> tags = Map.of();
    private @Nullable String storageClass;
    private @Nullable String serverSideEncryption;
    private @Nullable String kmsKeyId;
    private @Nullable String checksumAlgorithm;
    private long maxBytesPerSecond;
    private TransferProgress progress = TransferProgress.NONE;

    private Builder() {}

    /** Bytes of each part, 5 MiB to 5 GiB. */
    public Builder partSizeBytes(long value) {
      partSizeBytes = value;
      return this;
    }

    /** Parts under way at once, 1 to 256; 0 for as many as fit into a quarter of the heap. */
    public Builder concurrency(int value) {
      concurrency = value;
      return this;
    }

    /** Bytes of the object, or -1. */
    public Builder expectedSize(long value) {
      expectedSize = value;
      return this;
    }

    /** What must hold of the object that is replaced. */
    public Builder condition(WriteCondition value) {
      condition = value;
      return this;
    }

    /** The Content-Type. */
    public Builder contentType(@Nullable String value) {
      contentType = value;
      return this;
    }

    /** The Content-Encoding. */
    public Builder contentEncoding(@Nullable String value) {
      contentEncoding = value;
      return this;
    }

    /** The Content-Language. */
    public Builder contentLanguage(@Nullable String value) {
      contentLanguage = value;
      return this;
    }

    /** The Content-Disposition. */
    public Builder contentDisposition(@Nullable String value) {
      contentDisposition = value;
      return this;
    }

    /** The Cache-Control. */
    public Builder cacheControl(@Nullable String value) {
      cacheControl = value;
      return this;
    }

    /** The user's own metadata. */
    public Builder metadata(Map<String, String> value) {
      metadata = value;
      return this;
    }

    /** The object's tags. */
    public Builder tags(Map<String, String> value) {
      tags = value;
      return this;
    }

    /** The storage class. */
    public Builder storageClass(@Nullable String value) {
      storageClass = value;
      return this;
    }

    /** AES256 or aws:kms. */
    public Builder serverSideEncryption(@Nullable String value) {
      serverSideEncryption = value;
      return this;
    }

    /** The key for aws:kms. */
    public Builder kmsKeyId(@Nullable String value) {
      kmsKeyId = value;
      return this;
    }

    /** The checksum algorithm. */
    public Builder checksumAlgorithm(@Nullable String value) {
      checksumAlgorithm = value;
      return this;
    }

    /** Bytes per second that are sent at most; 0 for no limit. */
    public Builder maxBytesPerSecond(long value) {
      maxBytesPerSecond = value;
      return this;
    }

    /** Who is told. */
    public Builder progress(TransferProgress value) {
      progress = value;
      return this;
    }

    /** What a source has that the options leave open. */
    void copied(UploadOptions from, ObjectInfo source) {
      contentType = or(from.contentType(), source.contentType());
      contentEncoding = or(from.contentEncoding(), source.contentEncoding());
      contentLanguage = or(from.contentLanguage(), source.contentLanguage());
      contentDisposition = or(from.contentDisposition(), source.contentDisposition());
      cacheControl = or(from.cacheControl(), source.cacheControl());
      metadata = from.metadata().isEmpty() ? source.metadata() : from.metadata();
      storageClass = or(from.storageClass(), source.storageClass());
      if (from.serverSideEncryption() == null) {
        serverSideEncryption = source.serverSideEncryption();
        kmsKeyId = source.kmsKeyId();
      }
      checksumAlgorithm = or(from.checksumAlgorithm(), source.checksumAlgorithm());
    }

    private static @Nullable String or(@Nullable String wanted, @Nullable String found) {
      return wanted != null ? wanted : found;
    }

    /**
     * Makes them.
     *
     * @return the options
     * @throws io.github.s3vfs.S3VfsException {@code INVALID}, naming the option
     */
    public UploadOptions build() {
      return new UploadOptions(
          partSizeBytes,
          concurrency > 0 ? concurrency : defaultConcurrency(partSizeBytes),
          expectedSize,
          condition,
          contentType,
          contentEncoding,
          contentLanguage,
          contentDisposition,
          cacheControl,
          metadata,
          tags,
          storageClass,
          serverSideEncryption,
          kmsKeyId,
          checksumAlgorithm,
          maxBytesPerSecond,
          progress);
    }
  }
}
