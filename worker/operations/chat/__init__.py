"""What a chat is made of: messages and images, tools, and the form of the answer."""

from worker.operations.chat.answer_format import AnswerFormat, JsonSchema, as_response_format, schema_of
from worker.operations.chat.messages import Content, Image, Message, Role, content_with_images
from worker.operations.chat.tools import Tool, ToolChoice, as_tool_choice

__all__ = [
    "AnswerFormat",
    "Content",
    "Image",
    "JsonSchema",
    "Message",
    "Role",
    "Tool",
    "ToolChoice",
    "as_response_format",
    "as_tool_choice",
    "content_with_images",
    "schema_of",
]
