using Agent.Cli;

return await AgentCommand.InvokeAsync(args);
