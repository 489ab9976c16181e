package io.github.s3vfs.testkit;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Stands in front of s3proxy: every request is entered in the account, gets its faults, and is
 * served.
 */
final class ExchangeFilter implements Filter {

  private final Account account;
  private final Faults faults;
  private final Bandwidth bandwidth;
  private final Backend backend;

  ExchangeFilter(Account account, Faults faults, Bandwidth bandwidth, Backend backend) {
    this.account = account;
    this.faults = faults;
    this.bandwidth = bandwidth;
    this.backend = backend;
  }

  @Override
  public void doFilter(ServletRequest rawRequest, ServletResponse rawResponse, FilterChain s3proxy)
      throws IOException, ServletException {
    HttpServletRequest http = (HttpServletRequest) rawRequest;
    S3Request request = S3Request.of(http);
    Account.Entry entry = account.begin(request);
    new Exchange(
            request, http, (HttpServletResponse) rawResponse, bandwidth, backend, s3proxy, entry)
        .serve(faults.plan(request));
  }
}
