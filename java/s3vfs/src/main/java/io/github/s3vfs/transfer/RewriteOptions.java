package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How an object is rewritten. Immutable.
 *
 * @param upload how the result is stored, and what with; what it leaves open comes from the first
 *     source if {@code copyAttributes} says so. Its {@code concurrency} bounds requests and memory,
 *     its {@code progress} is told of all bytes of the result.
 * @param copyAttributes whether Content-Type, -Encoding, -Language and -Disposition, Cache-Control,
 *     metadata, storage class, encryption and checksum algorithm come from the first source where
 *     {@code upload} does not say them
 * @param copyTags whether tags do, too; asking for them needs the permission s3:GetObjectTagging. A
 *     store without tags has none.
 * @param gzip what is done with a source that is compressed
 * @param serverSide whether the store copies what it can. It does not if source and target are not
 *     of the same store, or it says that it cannot; then everything is read and sent.
 * @param copyPartBytes of each part that the store copies, 5 MiB to 5 GiB; more where there would
 *     be too many parts
 * @param temporarySuffix with it the result is first stored under its key and this, then copied to
 *     its key by the store, and deleted; null to write the key itself, which is as atomic
 */
public record RewriteOptions(
    UploadOptions upload,
    boolean copyAttributes,
    boolean copyTags,
    GzipPolicy gzip,
    boolean serverSide,
    long copyPartBytes,
    @Nullable String temporarySuffix) {

  /** Everything is copied, on the store's side where that is possible; straight to the key. */
  public static final RewriteOptions DEFAULT =
      new RewriteOptions(
          UploadOptions.DEFAULT, true, true, GzipPolicy.REFUSE, true, 256 * PartSizes.MIB, null);

  /**
   * Checks the bounds.
   *
   * @throws S3VfsException {@code INVALID}, naming the option
   */
  public RewriteOptions {
    Objects.requireNonNull(upload, "upload");
    Objects.requireNonNull(gzip, "gzip");
    ReadOptions.check(
        copyPartBytes >= PartSizes.MIN_PART && copyPartBytes <= PartSizes.MAX_PART,
        "copyPartBytes " + copyPartBytes,
        PartSizes.MIN_PART + " to " + PartSizes.MAX_PART + " (5 MiB to 5 GiB)");
    if (temporarySuffix != null && temporarySuffix.isEmpty()) {
      throw new S3VfsException(ErrorKind.INVALID, "the suffix of the temporary key is empty");
    }
  }

  /**
   * Stored otherwise.
   *
   * @param newUpload how
   * @return the new options
   */
  public RewriteOptions withUpload(UploadOptions newUpload) {
    return new RewriteOptions(
        newUpload, copyAttributes, copyTags, gzip, serverSide, copyPartBytes, temporarySuffix);
  }

  /**
   * With or without what the first source has.
   *
   * @param attributes whether its attributes are copied
   * @param tags whether its tags are copied
   * @return the new options
   */
  public RewriteOptions withCopied(boolean attributes, boolean tags) {
    return new RewriteOptions(
        upload, attributes, tags, gzip, serverSide, copyPartBytes, temporarySuffix);
  }

  /**
   * With another treatment of compressed sources.
   *
   * @param newGzip what is done with them
   * @return the new options
   */
  public RewriteOptions withGzip(GzipPolicy newGzip) {
    return new RewriteOptions(
        upload, copyAttributes, copyTags, newGzip, serverSide, copyPartBytes, temporarySuffix);
  }

  /**
   * With or without copies by the store.
   *
   * @param newServerSide whether it copies what it can
   * @return the new options
   */
  public RewriteOptions withServerSide(boolean newServerSide) {
    return new RewriteOptions(
        upload, copyAttributes, copyTags, gzip, newServerSide, copyPartBytes, temporarySuffix);
  }

  /**
   * With other parts that the store copies.
   *
   * @param newCopyPartBytes 5 MiB to 5 GiB
   * @return the new options
   * @throws S3VfsException {@code INVALID}
   */
  public RewriteOptions withCopyPartBytes(long newCopyPartBytes) {
    return new RewriteOptions(
        upload, copyAttributes, copyTags, gzip, serverSide, newCopyPartBytes, temporarySuffix);
  }

  /**
   * By way of a temporary key, or straight.
   *
   * @param newSuffix as {@code .temp}; null for straight
   * @return the new options
   * @throws S3VfsException {@code INVALID} if it is empty
   */
  public RewriteOptions withTemporarySuffix(@Nullable String newSuffix) {
    return new RewriteOptions(
        upload, copyAttributes, copyTags, gzip, serverSide, copyPartBytes, newSuffix);
  }
}
