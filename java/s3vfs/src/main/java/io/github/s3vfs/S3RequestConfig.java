package io.github.s3vfs;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What goes out with every request; docs/CONFIGURATION.md lists the settings. Immutable.
 *
 * @param encryption the server-side encryption of new objects, as S3 names it: {@code AES256}
 *     (SSE-S3), {@code aws:kms} or {@code aws:kms:dsse}; null for the bucket's default
 * @param kmsKeyId id, alias or ARN of the KMS key; null for the bucket's, or AWS's own
 * @param storageClass of new objects, as S3 names it, one that can be read at once; null for
 *     STANDARD
 * @param requesterPays whether the caller agrees to pay for requests to a bucket of another account
 * @param expectedBucketOwner account id, 12 digits: requests to a bucket of another account fail;
 *     null not to ask
 */
public record S3RequestConfig(
    @Nullable String encryption,
    @Nullable String kmsKeyId,
    @Nullable String storageClass,
    boolean requesterPays,
    @Nullable String expectedBucketOwner) {

  /** What the bucket has by default. */
  public static final S3RequestConfig DEFAULT = new S3RequestConfig(null, null, null, false, null);

  private static final Set<String> ENCRYPTIONS = Set.of("AES256", "aws:kms", "aws:kms:dsse");

  /** Those of S3's storage classes whose objects can be read without a restore. */
  private static final Set<String> STORAGE_CLASSES =
      Set.of(
          "STANDARD",
          "STANDARD_IA",
          "ONEZONE_IA",
          "INTELLIGENT_TIERING",
          "GLACIER_IR",
          "REDUCED_REDUNDANCY",
          "EXPRESS_ONEZONE",
          "OUTPOSTS");

  /**
   * Checks the values.
   *
   * @throws S3VfsException {@code INVALID}, naming the setting
   */
  public S3RequestConfig {
    S3VfsConfig.check(
        encryption == null || ENCRYPTIONS.contains(encryption),
        "encryption",
        encryption,
        "AES256, aws:kms or aws:kms:dsse");
    S3VfsConfig.check(
        kmsKeyId == null || (encryption != null && encryption.startsWith("aws:kms")),
        "kmsKeyId",
        kmsKeyId,
        "none unless the encryption is aws:kms or aws:kms:dsse");
    S3VfsConfig.check(
        storageClass == null || STORAGE_CLASSES.contains(storageClass),
        "storageClass",
        storageClass,
        "a class that can be read at once, as in STANDARD_IA");
    S3VfsConfig.check(
        expectedBucketOwner == null || expectedBucketOwner.matches("[0-9]{12}"),
        "expectedBucketOwner",
        expectedBucketOwner,
        "an account id of 12 digits");
  }
}
