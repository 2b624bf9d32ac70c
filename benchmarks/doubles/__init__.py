"""A gateway and an Azure OpenAI that cost so little that the client is what is measured."""
