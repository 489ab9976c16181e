package io.github.s3vfs.flink;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** Knows the last metric of each name that was registered in this JVM. */
public final class TestMetrics implements MetricReporter, MetricReporterFactory {
  private static final Map<String, Metric> METRICS = new ConcurrentHashMap<>();

  /** Called by Flink. */
  public TestMetrics() {}

  /** What an operator's metric of a name says. */
  static long value(String operator, String name) {
    Metric metric = METRICS.get(operator + "." + name);
    if (metric instanceof Counter counter) {
      return counter.getCount();
    }
    if (metric instanceof Gauge<?> gauge) {
      return ((Number) gauge.getValue()).longValue();
    }
    throw new AssertionError("no " + name + " of " + operator);
  }

  @Override
  public MetricReporter createMetricReporter(Properties properties) {
    return this;
  }

  @Override
  public void open(MetricConfig config) {
    METRICS.clear();
  }

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    // SQL numbers its operators.
    String operator =
        group.getAllVariables().getOrDefault("<operator_name>", "").replaceAll("\\[\\d+]$", "");
    Metric unused = METRICS.put(operator + "." + name, metric);
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    // what it said last is of interest
  }

  @Override
  public void close() {
    METRICS.clear();
  }
}
