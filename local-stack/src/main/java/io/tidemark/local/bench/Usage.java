package io.tidemark.local.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * What a process has used.
 *
 * @param wall time on the clock
 * @param cpu of all its threads, user and system, the compiler's and the garbage collector's too
 */
record Usage(Duration wall, Duration cpu) {

  /** Of this process, since it began. */
  static Usage ofThisProcess() {
    long beganAt = ManagementFactory.getRuntimeMXBean().getStartTime();
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Usage(
        Duration.ofMillis(System.currentTimeMillis() - beganAt),
        Duration.ofNanos(system.getProcessCpuTime()));
  }

  Usage since(Usage before) {
    return new Usage(wall.minus(before.wall), cpu.minus(before.cpu));
  }

  double wallSeconds() {
    return wall.toMillis() / 1000.0;
  }

  double cpuSeconds() {
    return cpu.toMillis() / 1000.0;
  }
}
