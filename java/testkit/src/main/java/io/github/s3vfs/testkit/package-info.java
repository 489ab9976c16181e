/**
 * An embedded S3 server for tests, the demo and the benchmark: conditional writes that are atomic
 * per key, faults on a schedule, a policy filter, and an account of every request.
 *
 * <p>What it owns: {@link io.github.s3vfs.testkit.S3TestServer} and what hangs off it. The S3
 * protocol itself is s3proxy's; this package puts one servlet filter in front of it and thin stores
 * beneath it, which mend what s3proxy does differently from S3.
 *
 * <p>It may import s3proxy (at exactly the version the parent pins: private and shaded names are
 * used), the servlet API and the AWS SDK's S3 model classes. It must not depend on the code it
 * helps to test.
 *
 * <p>Threading: every public type here is safe for use by any number of threads unless it says
 * otherwise. A request is served from beginning to end by one thread of the server's pool; latency,
 * bandwidth limits and held effects block that thread.
 */
@NullMarked
package io.github.s3vfs.testkit;

import org.jspecify.annotations.NullMarked;
