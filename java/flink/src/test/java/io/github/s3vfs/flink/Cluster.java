package io.github.s3vfs.flink;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.bridge.java.StreamStatementSet;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.jspecify.annotations.Nullable;

/** A cluster of Flink in this JVM. */
final class Cluster {
  static final Duration LONG = Duration.ofMinutes(1);

  private final MiniCluster cluster;
  private final Path checkpoints;

  private Cluster(MiniCluster cluster, Path checkpoints) {
    this.cluster = cluster;
    this.checkpoints = checkpoints;
  }

  static Cluster start(int taskManagers, int slots, Path directory) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.setString("metrics.reporter.test.factory.class", TestMetrics.class.getName());
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(32));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(32));
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(64));
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(taskManagers)
                .setNumSlotsPerTaskManager(slots)
                .build());
    cluster.start();
    return new Cluster(cluster, directory.resolve("checkpoints"));
  }

  MiniCluster mini() {
    return cluster;
  }

  /** An environment with checkpoints, which restarts a job that has failed at once. */
  StreamExecutionEnvironment environment(int parallelism, Duration interval) {
    return environment(parallelism, interval, null, 1_000);
  }

  /**
   * An environment with checkpoints that stay.
   *
   * @param from a checkpoint or savepoint to go on from; null for none
   */
  StreamExecutionEnvironment environment(
      int parallelism, Duration interval, @Nullable String from, int restarts) {
    Configuration configuration = new Configuration();
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval);
    configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, restarts);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(50));
    if (from != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, from);
    }
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    environment.setParallelism(parallelism);
    return environment;
  }

  /** Starts what was added to an environment. */
  JobID submit(StreamExecutionEnvironment environment) throws Exception {
    return cluster.submitJob(environment.getStreamGraph().getJobGraph()).get().getJobID();
  }

  /** Starts a script of SQL: tables, and INSERTs that run as one job. */
  JobID submit(StreamExecutionEnvironment environment, String... statements) throws Exception {
    StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
    StreamStatementSet inserts = tables.createStatementSet();
    for (String each : statements) {
      if (each.stripLeading().startsWith("INSERT")) {
        inserts.addInsertSql(each);
      } else {
        tables.executeSql(each);
      }
    }
    inserts.attachAsDataStream();
    return submit(environment);
  }

  /** Waits for the end of a job that ends by itself. */
  void await(JobID job) throws Exception {
    JobResult result = result(job);
    if (!result.isSuccess()) {
      throw new AssertionError("the job has failed", result.getSerializedThrowable().orElse(null));
    }
  }

  /** How a job has ended. */
  JobResult result(JobID job) throws Exception {
    return cluster.requestJobResult(job).get(LONG.toSeconds(), TimeUnit.SECONDS);
  }

  /** The messages of a failed job, and of all its causes. */
  String failure(JobID job) throws Exception {
    StringBuilder messages = new StringBuilder();
    Throwable at = result(job).getSerializedThrowable().orElse(null);
    while (at != null) {
      messages.append(at.getMessage()).append('\n');
      at = at.getCause();
    }
    return messages.toString();
  }

  void cancel(JobID job) throws Exception {
    var unused = cluster.cancelJob(job).get();
    await("the job is cancelled", () -> cluster.getJobStatus(job).get().isTerminalState());
  }

  void awaitRunning(JobID job) throws Exception {
    await("the job runs", () -> cluster.getJobStatus(job).get() == JobStatus.RUNNING);
  }

  /** Waits for something to happen. */
  static void await(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - deadline > 0) {
        throw new TimeoutException("never: " + what);
      }
      Thread.sleep(20);
    }
  }

  void close() throws Exception {
    cluster.close();
  }
}
