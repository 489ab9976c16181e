package io.github.s3vfs.testkit;

import java.util.Map;

/**
 * The S3 operation a request is, with the permission S3 asks for it.
 *
 * <p>The names and permissions are those of the Amazon S3 API reference and the service
 * authorization reference.
 */
public enum S3Operation {
  LIST_BUCKETS("ListBuckets", "s3:ListAllMyBuckets"),
  CREATE_BUCKET("CreateBucket", "s3:CreateBucket"),
  DELETE_BUCKET("DeleteBucket", "s3:DeleteBucket"),
  HEAD_BUCKET("HeadBucket", "s3:ListBucket"),
  GET_BUCKET_LOCATION("GetBucketLocation", "s3:GetBucketLocation"),
  LIST_OBJECTS("ListObjects", "s3:ListBucket"),
  LIST_OBJECTS_V2("ListObjectsV2", "s3:ListBucket"),
  LIST_OBJECT_VERSIONS("ListObjectVersions", "s3:ListBucketVersions"),
  LIST_MULTIPART_UPLOADS("ListMultipartUploads", "s3:ListBucketMultipartUploads"),
  GET_OBJECT("GetObject", "s3:GetObject"),
  HEAD_OBJECT("HeadObject", "s3:GetObject"),
  GET_OBJECT_TAGGING("GetObjectTagging", "s3:GetObjectTagging"),
  GET_OBJECT_ATTRIBUTES("GetObjectAttributes", "s3:GetObject"),
  SELECT_OBJECT_CONTENT("SelectObjectContent", "s3:GetObject"),
  PUT_OBJECT("PutObject", "s3:PutObject"),
  COPY_OBJECT("CopyObject", "s3:PutObject"),
  DELETE_OBJECT("DeleteObject", "s3:DeleteObject"),
  DELETE_OBJECTS("DeleteObjects", "s3:DeleteObject"),
  CREATE_MULTIPART_UPLOAD("CreateMultipartUpload", "s3:PutObject"),
  UPLOAD_PART("UploadPart", "s3:PutObject"),
  UPLOAD_PART_COPY("UploadPartCopy", "s3:PutObject"),
  COMPLETE_MULTIPART_UPLOAD("CompleteMultipartUpload", "s3:PutObject"),
  ABORT_MULTIPART_UPLOAD("AbortMultipartUpload", "s3:AbortMultipartUpload"),
  LIST_PARTS("ListParts", "s3:ListMultipartUploadParts"),
  /** Anything this enum has no name for (ACLs, tagging, bucket configuration). */
  OTHER("Other", "s3:Other");

  private final String apiName;
  private final String action;

  S3Operation(String apiName, String action) {
    this.apiName = apiName;
    this.action = action;
  }

  /** The name in the S3 API reference, for example {@code GetObject}. */
  public String apiName() {
    return apiName;
  }

  /** The permission S3 asks for, for example {@code s3:GetObject}. */
  public String action() {
    return action;
  }

  /** {@link #apiName()}, so that maps of operations read well in a failed assertion. */
  @Override
  public String toString() {
    return apiName;
  }

  /** Names a request. {@code bucket} and {@code key} are empty when the request names none. */
  static S3Operation of(
      String method, String bucket, String key, Map<String, String> query, boolean copySource) {
    if (bucket.isEmpty()) {
      return method.equals("GET") ? LIST_BUCKETS : OTHER;
    }
    return key.isEmpty() ? ofBucket(method, query) : ofObject(method, query, copySource);
  }

  private static S3Operation ofBucket(String method, Map<String, String> query) {
    if (has(query, "acl", "policy", "versioning", "encryption", "tagging", "lifecycle", "cors")) {
      return OTHER;
    }
    return switch (method) {
      case "PUT" -> CREATE_BUCKET;
      case "DELETE" -> DELETE_BUCKET;
      case "HEAD" -> HEAD_BUCKET;
      case "POST" -> query.containsKey("delete") ? DELETE_OBJECTS : OTHER;
      case "GET" -> {
        if (query.containsKey("location")) {
          yield GET_BUCKET_LOCATION;
        } else if (query.containsKey("uploads")) {
          yield LIST_MULTIPART_UPLOADS;
        } else if (query.containsKey("versions")) {
          yield LIST_OBJECT_VERSIONS;
        } else {
          yield "2".equals(query.get("list-type")) ? LIST_OBJECTS_V2 : LIST_OBJECTS;
        }
      }
      default -> OTHER;
    };
  }

  private static S3Operation ofObject(
      String method, Map<String, String> query, boolean copySource) {
    if (method.equals("GET") && has(query, "tagging")) {
      return GET_OBJECT_TAGGING;
    }
    if (has(query, "acl", "tagging", "retention", "legal-hold", "torrent", "restore")) {
      return OTHER;
    }
    boolean upload = query.containsKey("uploadId");
    return switch (method) {
      case "GET" -> {
        if (upload) {
          yield LIST_PARTS;
        }
        yield query.containsKey("attributes") ? GET_OBJECT_ATTRIBUTES : GET_OBJECT;
      }
      case "HEAD" -> HEAD_OBJECT;
      case "PUT" -> {
        if (upload && query.containsKey("partNumber")) {
          yield copySource ? UPLOAD_PART_COPY : UPLOAD_PART;
        }
        yield copySource ? COPY_OBJECT : PUT_OBJECT;
      }
      case "POST" -> {
        if (query.containsKey("uploads")) {
          yield CREATE_MULTIPART_UPLOAD;
        } else if (query.containsKey("select")) {
          yield SELECT_OBJECT_CONTENT;
        } else {
          yield upload ? COMPLETE_MULTIPART_UPLOAD : OTHER;
        }
      }
      case "DELETE" -> upload ? ABORT_MULTIPART_UPLOAD : DELETE_OBJECT;
      default -> OTHER;
    };
  }

  private static boolean has(Map<String, String> query, String... names) {
    for (String name : names) {
      if (query.containsKey(name)) {
        return true;
      }
    }
    return false;
  }
}
