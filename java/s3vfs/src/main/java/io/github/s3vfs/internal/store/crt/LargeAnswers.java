package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.internal.store.ObjectAttributes;
import io.github.s3vfs.internal.store.ObjectHead;
import io.github.s3vfs.internal.store.StoredObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Reads the answers to requests of large objects. Pure. */
final class LargeAnswers {
  private LargeAnswers() {}

  static ObjectHead head(HeadObjectResponse head) {
    Long size = head.contentLength();
    ObjectAttributes attributes =
        new ObjectAttributes(
            head.contentType(),
            head.contentEncoding(),
            head.contentLanguage(),
            head.contentDisposition(),
            head.cacheControl(),
            head.metadata(),
            Map.of(),
            head.storageClassAsString(),
            head.serverSideEncryptionAsString(),
            head.ssekmsKeyId(),
            Checksums.algorithm(head));
    return new ObjectHead(
        size == null ? 0 : size,
        String.valueOf(head.eTag()),
        version(head.versionId()),
        head.lastModified(),
        attributes);
  }

  static StoredObject stored(@Nullable String etag, @Nullable String versionId) {
    return new StoredObject(etag == null ? "" : etag, version(versionId));
  }

  private static @Nullable String version(@Nullable String versionId) {
    return versionId == null || versionId.equals("null") ? null : versionId;
  }
}
