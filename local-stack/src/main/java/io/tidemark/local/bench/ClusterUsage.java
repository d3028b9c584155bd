package io.tidemark.local.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;

/**
 * What a driver and its executors have used.
 *
 * @param driver this process
 * @param executors processor time of their processes, all threads
 * @param machineLoad which share of the machine's processors all processes used since the last
 *     look, from 0 to 1
 */
record ClusterUsage(Usage driver, Duration executors, double machineLoad) {
  private static final OperatingSystemMXBean MACHINE =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** Of this process and of executors on this machine, since they began. */
  static ClusterUsage of(List<ProcessHandle> executors) {
    return new ClusterUsage(
        Usage.ofThisProcess(),
        executors.stream()
            .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
            .reduce(Duration.ZERO, Duration::plus),
        MACHINE.getCpuLoad());
  }

  /**
   * @param before the look before this one
   */
  ClusterUsage since(ClusterUsage before) {
    return new ClusterUsage(
        driver.since(before.driver), executors.minus(before.executors), machineLoad);
  }

  /** Of all processes of the machine, since the look before. */
  double machineCpuSeconds() {
    return machineLoad * MACHINE.getAvailableProcessors() * driver.wallSeconds();
  }
}
