package io.github.s3vfs.testkit;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Answers requests that the server does not know, as SelectObjectContent: they are in the account,
 * and have their faults, as all others. Called by several threads at once.
 */
@FunctionalInterface
public interface RequestExtension {
  /**
   * Answers a request, or leaves it to the server.
   *
   * @param request what it asks for; its signature has not been checked
   * @param http its body
   * @param response for the answer
   * @param objects those of its bucket
   * @return whether it was answered
   * @throws IOException if the client can not be reached
   */
  boolean answer(
      S3Request request,
      HttpServletRequest http,
      HttpServletResponse response,
      BucketObjects objects)
      throws IOException;
}
