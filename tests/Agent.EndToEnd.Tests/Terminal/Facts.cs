namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>A test that needs a program of the machine: skipped, visibly, where it is missing, and failed in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal abstract class ProgramFactAttribute : FactAttribute
{
    protected ProgramFactAttribute(string program)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, program)));
        if (!found && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = $"{program} is not installed.";
        }
    }
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonFactAttribute() : ProgramFactAttribute("python3");

[AttributeUsage(AttributeTargets.Method)]
internal sealed class TmuxFactAttribute() : ProgramFactAttribute("tmux");

[AttributeUsage(AttributeTargets.Method)]
internal sealed class SshFactAttribute() : ProgramFactAttribute("sshd");
