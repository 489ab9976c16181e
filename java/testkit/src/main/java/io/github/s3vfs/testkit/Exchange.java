package io.github.s3vfs.testkit;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One request being served, with what goes wrong about it. Used by one thread. */
final class Exchange {

  private final S3Request request;
  private final HttpServletRequest rawRequest;
  private final HttpServletResponse rawResponse;
  private final CountedRequest http;
  private final Bandwidth bandwidth;
  private final Backend backend;
  private final FilterChain s3proxy;
  private final Account.Entry entry;

  Exchange(
      S3Request request,
      HttpServletRequest rawRequest,
      HttpServletResponse rawResponse,
      Bandwidth bandwidth,
      Backend backend,
      FilterChain s3proxy,
      Account.Entry entry) {
    this.request = request;
    this.rawRequest = rawRequest;
    this.rawResponse = rawResponse;
    this.http = new CountedRequest(rawRequest, bandwidth);
    this.bandwidth = bandwidth;
    this.backend = backend;
    this.s3proxy = s3proxy;
    this.entry = entry;
  }

  /** Serves it. The account has its end before the client can have the last bytes of the answer. */
  void serve(Faults.Plan plan) throws IOException, ServletException {
    try {
      Pause.nanos(plan.delayNanos());
      FaultRule rule = plan.rule();
      Fault fault = rule == null ? null : rule.fault();
      if (fault instanceof Fault.Hold hold) {
        hold(Objects.requireNonNull(rule), hold);
      } else if (fault instanceof Fault.Truncate truncate) {
        truncate(truncate.bytes());
      } else {
        answer(fault);
      }
    } finally {
      end(RequestRecord.NO_ANSWER, 0);
    }
  }

  private void answer(@Nullable Fault fault) throws IOException, ServletException {
    if (fault instanceof Fault.Reset reset) {
      if (reset.afterEffect()) {
        execute(HeldResponse.Mode.DISCARD);
      }
      end(RequestRecord.NO_ANSWER, 0);
      new ClientConnection(rawRequest).reset();
    } else if (fault instanceof Fault.Answer answer) {
      if (answer.afterEffect()) {
        execute(HeldResponse.Mode.DISCARD);
      }
      http.drain();
      send(error(answer));
    } else {
      send(execute(HeldResponse.Mode.STREAM));
    }
  }

  /** Answers first, then executes the request when the rule says so, on this thread. */
  private void hold(FaultRule rule, Fault.Hold hold) throws IOException, ServletException {
    http.readAhead();
    Runnable effect = rule.announce(hold.after(), () -> execute(HeldResponse.Mode.DISCARD));
    if (hold.answer() instanceof Fault.Answer answer) {
      HeldResponse error = error(answer);
      error.setHeader("Connection", "close");
      send(error);
      rawResponse.flushBuffer();
      new ClientConnection(rawRequest).close();
    } else {
      answer(hold.answer());
    }
    effect.run();
  }

  private void truncate(long bytes) throws IOException, ServletException {
    HeldResponse response = execute(HeldResponse.Mode.CAPTURE);
    end(response.status(), Math.min(bytes, response.bodyBytes()));
    response.sendTruncated(bytes);
    new ClientConnection(rawRequest).close();
  }

  private HeldResponse execute(HeldResponse.Mode mode) throws IOException, ServletException {
    HeldResponse response = response(mode);
    backend.execute(request, http, response, s3proxy);
    return response;
  }

  private HeldResponse error(Fault.Answer answer) {
    HeldResponse response = response(HeldResponse.Mode.STREAM);
    response.replace(
        answer.status(), new ErrorDocument(answer.code(), "This is a fault the test asked for."));
    return response;
  }

  private HeldResponse response(HeldResponse.Mode mode) {
    return new HeldResponse(rawResponse, mode, request.method().equals("HEAD"), bandwidth);
  }

  private void send(HeldResponse response) throws IOException {
    response.awaitBandwidth();
    end(response.status(), response.bodyBytes());
    response.send();
  }

  private void end(int status, long responseBytes) {
    entry.end(status, http.bodyBytes(), responseBytes);
  }
}
