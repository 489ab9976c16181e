package io.github.s3vfs.testkit;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Gives a request to s3proxy, and mends what s3proxy does differently from S3.
 *
 * <ul>
 *   <li>A write of an object (PutObject, CopyObject, DeleteObject, CompleteMultipartUpload) happens
 *       under the object's lock: its conditions are checked and it takes effect in one step. A body
 *       of up to {@link #READ_AHEAD} bytes is read before the lock is taken, so that a slow client
 *       does not keep others waiting.
 *   <li>The tags of objects are kept ({@link ObjectTags}).
 *   <li>416 says the object's actual size, as S3 does; the CRT client looks for it when it reads an
 *       empty object.
 * </ul>
 */
final class Backend {

  /** Longest body that is read before the object's lock is taken. */
  static final int READ_AHEAD = 32 * 1024 * 1024;

  private static final ErrorDocument ACCESS_DENIED =
      new ErrorDocument("AccessDenied", "Access Denied");

  private final BlobStore store;
  private final KeyLocks locks;
  private final Policy policy;
  private final @Nullable RequestExtension extension;
  private final ObjectTags tags = new ObjectTags();

  Backend(BlobStore store, KeyLocks locks, Policy policy, @Nullable RequestExtension extension) {
    this.store = store;
    this.locks = locks;
    this.policy = policy;
    this.extension = extension;
  }

  /** Executes the request; the answer is in {@code response}, its end held back. */
  void execute(S3Request request, CountedRequest http, HeldResponse response, FilterChain s3proxy)
      throws IOException, ServletException {
    if (!policy.allows(request)) {
      http.drain();
      response.replace(403, ACCESS_DENIED);
      return;
    }
    if (extension != null
        && extension.answer(request, http, response, new BucketObjects(store, request.bucket()))) {
      return;
    }
    if (request.operation() == S3Operation.GET_OBJECT_TAGGING
        && find(request.bucket(), request.key()) != null) {
      tags.answer(request, response);
      return;
    }
    if (http.getContentLengthLong() > 0 && http.getContentLengthLong() <= READ_AHEAD) {
      http.readAhead();
    }
    if (writesObject(request.operation())) {
      Runnable unlock = locks.lock(request);
      try {
        s3proxy.doFilter(http, response);
      } finally {
        unlock.run();
      }
    } else {
      s3proxy.doFilter(http, response);
    }
    if (response.status() < 300) {
      tags.done(request);
    }
    if (response.status() == 416 && !response.streaming()) {
      response.replace(416, invalidRange(request));
    } else if (response.status() == 404 && policy.hidesMissingKeys(request)) {
      response.replace(403, ACCESS_DENIED);
    }
  }

  private static boolean writesObject(S3Operation operation) {
    return switch (operation) {
      case PUT_OBJECT, COPY_OBJECT, DELETE_OBJECT, COMPLETE_MULTIPART_UPLOAD -> true;
      default -> false;
    };
  }

  private ErrorDocument invalidRange(S3Request request) {
    Map<String, String> details = new TreeMap<>();
    details.put("RangeRequested", String.valueOf(request.range()));
    HeadObjectResponse object = find(request.bucket(), request.key());
    if (object != null) {
      details.put("ActualObjectSize", String.valueOf(object.contentLength()));
    }
    return new ErrorDocument("InvalidRange", "The requested range is not satisfiable", details);
  }

  private @Nullable HeadObjectResponse find(String bucket, String key) {
    return store.blobMetadataIfPresent(HeadObjectRequest.builder().bucket(bucket).key(key).build());
  }
}
